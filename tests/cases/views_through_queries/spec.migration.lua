migration "views_through_queries" {
  description = "A column gets another name and type under views that read it, and one of its name, through queries of their own",

  before = schema {
    table "books" { column "id" :integer() :primary_key(), column "name" :varchar(9), column "owner" :integer() },
    table "owners" { column "id" :integer() :primary_key(), column "name" :varchar(9) },
    view "named" "WITH o AS (SELECT id, name FROM owners) SELECT b.id, b.name AS book, o.name AS owner FROM books b JOIN o ON o.id = b.owner",
    view "known" "WITH o AS (SELECT name FROM owners) SELECT id FROM books WHERE name IN (SELECT name FROM o)",
    view "inner_names" "SELECT x.name AS label FROM (SELECT id, name FROM books) x WHERE x.name <> ''",
    view "bare_names" "WITH x AS (SELECT id, name FROM books) SELECT name AS label FROM x",
  },

  after = schema {
    table "books" {
      column "id" :integer() :primary_key(), column "title" :varchar(20) :renamed_from "name", column "owner" :integer(),
    },
    table "owners" { column "id" :integer() :primary_key(), column "name" :varchar(9) },
    view "named" "WITH o AS (SELECT id, name FROM owners) SELECT b.id, b.title AS book, o.name AS owner FROM books b JOIN o ON o.id = b.owner",
    view "known" "WITH o AS (SELECT name FROM owners) SELECT id FROM books WHERE title IN (SELECT name FROM o)",
    view "inner_names" "SELECT x.title AS label FROM (SELECT id, title FROM books) x WHERE x.title <> ''",
    view "bare_names" "WITH x AS (SELECT id, title FROM books) SELECT title AS label FROM x",
  },
}
