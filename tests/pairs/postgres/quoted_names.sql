CREATE TABLE "Order"("Id" int primary key, "select" text, "é ü" int);

-- becomes

CREATE TABLE "Order"("Id" bigint primary key, "select" varchar(40) not null default 'a''b', "é ü" int, "x""y" int);
CREATE INDEX "Ix ""q""" ON "Order"("x""y");
CREATE VIEW "V v" AS SELECT "Id" AS "I d" FROM "Order";
