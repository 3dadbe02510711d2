migration "a" { before = schema {}, after = schema {} }
migration "b" { before = schema {}, after = schema {} }
