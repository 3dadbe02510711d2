migration "m" {
	before = schema {},
	after = schema {
		table "größe" { column "länge" :intger() },
	},
}
