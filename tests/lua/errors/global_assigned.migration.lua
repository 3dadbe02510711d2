columns = {}
migration "m" { before = schema {}, after = schema {} }
