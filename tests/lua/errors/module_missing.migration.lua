local shared = require "forge.opps"
migration "m" { before = schema {}, after = schema {} }
