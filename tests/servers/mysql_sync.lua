-- Dual-write, moved rows and swaps on real servers: every write arrives on both sides, and the way back keeps them.
-- luacheck: ignore 631
package.path = "tests/support/?.lua;" .. package.path
local H = require("mysql_harness")
local ops, q, T, col = H.ops, H.q, H.type, H.column

local function columns(server)
  local d = server.d
  server:fresh()
  local users=H.table("users",{col("id",T"bigint",{nullable=false,identity={always=false}}),col("code",T("varchar",20)),col("seen",T"timestamp",{nullable=false,default={kind="sql",text="now()"},on_update="CURRENT_TIMESTAMP"}),col("v",T("varchar",10))},{primary_key=H.primary("id"),indexes={{name="users_code",parts=H.parts("code")}}})
  server:schema(users)
  server:run("insert into users(code,seen) values('007','2020-01-01'),('12','2020-01-01'),('abc','2020-01-01'),(null,'2020-01-01'),('99999999999','2020-01-01');","seed")
  local Q=q"users"
  local new=col("code__new",T"integer",{invisible=true})
  local s1=H.step({users},{ops.add_column(Q,new)})
  server:run(d:render(s1),"expand"); local t1=s1.tables.after.users
  server:run("insert into users values(null,'5','2020-01-01',null);","insert without column list still works")
  local up=d.types.convert("code",users.columns[2].type,new.type,d); local down=d.types.convert("code__new",new.type,users.columns[2].type,d)
  local sync={name=q"users__sync",kind="columns",table=Q,pairs={{old="code",new="code__new",up=up,down=down,lead="old"}},columns={},key={}}
  local s2=H.step({t1},{ops.create_sync(sync)}); s2.tables.after=s2.tables.before
  server:run(d:render(s2),"sync")
  server:ask(d.catalog.done(s2.ops[1],d,s2)..";","1","sync done")
  server:run("insert into users(code) values('008'); insert into users(code__new) values(42); insert into users(code) values('xyz'); insert into users(code) values('99999999999'); update users set code='9' where code='12'; update users set code__new=77 where code='9'; update users set v='z' where code='007'; insert into users(code) values(null);","writes")
  server:ask("select code, code__new from users where id>=7;","008,8 | 42,42 | xyz,NULL | 99999999999,NULL | NULL,NULL","sync writes")
  server:ask("select code, code__new from users where id in (1,2);","007,NULL | 77,77","sync updates")
  server:ask("select column_name, row_key is not null, message is not null from forgelua_sync_errors;","code__new,1,1 | code__new,1,1","errors logged")
  server:run("set sql_mode=''; insert into users(code) values('lax'); set sql_mode='ansi,pipes_as_concat'; insert into users(code) values('14');","other sql modes")
  server:ask("select code, code__new from users where code in ('lax','14') order by id;","lax,NULL | 14,14","modes")
  server:run("update users set seen='2020-01-01';","reset")
  local work={kind="backfill",table=Q,set={{to="code__new",expr=up}},where="code__new is null",key={"id"},batch_rows=2,pause_ms=1,rows=10}
  local s3=H.step({t1},{}); s3.work=work; s3.id="users.code/migrate/backfill"
  server:run(d:render(s3),"backfill")
  server:ask("select code, code__new from users where id<=6;","007,7 | 77,77 | abc,NULL | NULL,NULL | 99999999999,NULL | 5,5","backfilled")
  server:ask("select count(*) from users where seen<>'2020-01-01';","0","on update kept")
  server:ask("select state, rows_done, rows_skipped from forgelua_backfill_progress;","done,2,5","progress")
  server:ask("select row_key from forgelua_backfill_errors order by id limit 2;",'["3"] | ["5"]',"errors")
  server:run(d:render(s3),"backfill again")
  server:ask("select count(*) from information_schema.routines where routine_schema=database();","0","procs gone")
  -- swap
  local sync2=H.with(sync,{pairs={{old="code__old",new="code",up=up:gsub("code","code__old"),down=(down:gsub("code__new","code")),lead="new"}}})
  local s4=H.step({t1},{ops.drop_sync(sync),ops.alter_column(Q,t1.columns[2],H.with(t1.columns[2],{name="code__old",invisible=true})),ops.alter_column(Q,new,H.with(new,{name="code",invisible=false})),ops.create_sync(sync2)},{form="swap"})
  server:run(d:render(s4),"swap")
  server:run("insert into users(code) values(100); insert into users(code__old) values('0101'); update users set code=8 where code=7;","new writes")
  server:ask("select code__old, code from users where code in (100,101,8) order by id;","8,8 | 008,8 | 100,100 | 0101,101","new side")
  for _,o in ipairs(s4.ops) do local p=d.catalog.done(o,d,s4); if p then server:ask(p..";","1","swap done "..o.op) end end
  local b4=H.back(s4)
  server:run(d:render(b4),"swap back")
  server:run("insert into users(code) values('0200');","old write")
  server:ask("select code, code__new from users order by id desc limit 1;","0200,200","after back")
  server:run(d:render(H.back(s2)),"drop sync"); server:run(d:render(H.back(s1)),"drop col")
  local tables="select group_concat(table_name order by table_name) from information_schema.tables where table_schema=database();"
  local out=H.buffer(); d.emit.script_cleanup(out,d); server:run(out,"cleanup")
  server:ask(tables,"forgelua_backfill_errors,forgelua_sync_errors,users","logs with rows stay")
  server:ask("select json_unquote(json_extract(row_data,'$.code')) from forgelua_sync_errors where column_name='code__new' order by id limit 1;","xyz","the row in the log")
  server:run("delete from forgelua_sync_errors; delete from forgelua_backfill_errors;","looked at")
  server:run(out,"cleanup again")
  server:ask(tables,"users","clean")
  server:ask("select code from users where id=1;","8","value")
end

local function fill(server)
  local d = server.d
  server:fresh()
  local ord=H.table("orders",{col("a",T("varchar",20),{nullable=false}),col("b",T"integer",{nullable=false}),col("total",T("numeric",10,4)),col("cur",T("char",3)),col("cents",T"smallint")},{primary_key=H.primary("a","b"),options={collation="utf8mb4_bin"}})
  server:schema(ord); local O=q"orders"
  local seed={} for i=1,57 do seed[#seed+1]=("('k%d',%d,%d.0051)"):format(i%5,i,i) end
  server:run("insert into orders(a,b,total) values "..table.concat(seed,",")..";","seed")
  local fs={name=q"orders__sync",kind="fill",table=O,pairs={{old="",new="cur",up="CASE WHEN total > 50 THEN 'EUR' ELSE 'USD' END",down="",lead="old"},{old="",new="cents",up="ROUND(total * 1000)",down="",lead="old"}},columns={},key={}}
  local f1=H.step({ord},{ops.create_sync(fs)}); f1.tables.after=f1.tables.before
  server:run(d:render(f1),"fill sync")
  server:run("insert into orders(a,b,total) values('x',1,60),('x',2,1),('x',3,null); insert into orders(a,b,total,cur) values('x',4,60,'GBP');","fills")
  server:ask("select cur,cents from orders where a='x' order by b;","EUR,NULL | USD,1000 | USD,NULL | GBP,NULL","fill")
  local w={kind="backfill",table=O,set={{to="cur",expr="CASE WHEN total > 50 THEN 'EUR' ELSE 'USD' END"},{to="cents",expr="ROUND(total * 1000)"}},where="cur IS NULL OR cents IS NULL",key={"a","b"},batch_rows=7,pause_ms=0}
  local f2=H.step({ord},{}); f2.work=w; f2.id="orders/fill"
  server:run(d:render(f2),"backfill composite")
  server:ask("select count(*), sum(cur is null) from orders;","61,25","filled") -- 32768 overflow rows stay
  server:ask("select rows_done,rows_skipped from forgelua_backfill_progress;","32,27","composite progress")
end

-- A column is filled from one of a pair, whichever of both an application writes.
local function fill_beside_pair(server)
  local d = server.d
  server:fresh()
  local t=H.table("bins",{col("id",T"bigint",{nullable=false}),col("size",T"integer"),col("extent",T"integer"),col("room",T"integer")},{primary_key=H.primary("id")})
  server:schema(t)
  local B=q"bins"
  local fs={name=q"bins__sync",kind="fill",table=B,pairs={{old="",new="room",up="coalesce(size, 0) + 1",down="",lead="old"}},columns={},key={}}
  local ps={name=q"bins__sync_2",kind="columns",table=B,pairs={{old="size",new="extent",up="`size`",down="`extent`",lead="new"}},columns={},key={}}
  for _, form in ipairs{"","swap"} do
    local f=H.step({t},{ops.create_sync(fs)}); f.tables.after=f.tables.before
    local p=H.step({t},{ops.create_sync(ps)},{form=form,fills={fs}}); p.tables.after=p.tables.before
    server:run(d:render(f),"fill"); server:run(d:render(p),"pair")
    server:run("insert into bins(id,extent) values(1,10); insert into bins(id,size) values(2,20); insert into bins(id,extent,room) values(3,30,5); update bins set extent=40 where id=1; update bins set extent=50 where id=3;","writes")
    server:ask("select size,extent,room from bins order by id;","40,40,41 | 20,20,21 | 50,50,5","filled from either")
    server:run("delete from bins;","empty")
    server:run(d:render(H.back(p)),"drop pair"); server:run(d:render(H.back(f)),"drop fill")
  end
end

local function tables(server)
  local d = server.d
  server:fresh()
  local par=H.table("par",{col("id",T"bigint",{nullable=false,identity={always=false}}),col("name",T("varchar",30),{nullable=false}),col("gone",T("varchar",5),{nullable=false}),col("email",T("varchar",50))},{primary_key=H.primary("id"),uniques={{name="par_email",parts=H.parts("email")}}})
  local ch=H.table("ch",{col("id",T"bigint",{nullable=false,identity={always=false}}),col("par_id",T"bigint")},{primary_key=H.primary("id"),foreign_keys={{name="ch_fk",columns={"par_id"},ref=q"par",ref_columns={"id"}}},indexes={}})
  server:schema(par,ch)
  local view={name=q"vp",query="SELECT id, name FROM par",uses={q"par"},columns={}}
  server:run("create view vp as select id, name from par;","view")
  local seed={} for i=0,40 do seed[#seed+1]=("(%d,'n%d','g','e%d')"):format(i,i,i) end
  server:run("set sql_mode='NO_AUTO_VALUE_ON_ZERO'; insert into par values "..table.concat(seed,",").."; insert into ch(par_id) values(1),(2),(null);","seed")
  local parn=H.table("par__new",{col("id",T"bigint",{nullable=false,identity={always=false}}),col("nm",T("varchar",40),{nullable=false}),col("email",T("varchar",50))},{primary_key=H.primary("id"),uniques={{name="par_email",parts=H.parts("email")}}})
  local c1=H.step({par,ch},{ops.create_table(parn)})
  server:run(d:render(c1),"create new")
  local ts={name=q"par__sync",kind="table",table=q"par",target=q"par__new",pairs={},columns={{to="id",expr="id"},{to="nm",expr="CONCAT(name, '')"},{to="email",expr="email"}},key={"id"}}
  local c2=H.step({par,ch,parn},{ops.create_sync(ts)}); c2.tables.after=c2.tables.before
  server:run(d:render(c2),"table sync")
  server:run("update par set name='up' where id=3; insert into par(name,gone,email) values('new','g','x'); delete from par where id=40; update par set id=500 where id=39; insert into par values(3,'dup','g','e3') on duplicate key update name='iodku'; replace into par values(20,'rep','g','e20');","writes")
  server:ask("select id,nm from par__new order by id;","3,iodku | 20,rep | 41,new | 500,n39","synced")
  local cw={kind="copy",table=q"par",target=q"par__new",set=ts.columns,where="",key={"id"},batch_rows=10,pause_ms=0}
  local c3=H.step({par,ch,parn},{}); c3.work=cw; c3.id="par/copy"
  server:run(d:render(c3),"copy")
  server:ask("select count(*), sum(crc32(concat(id,nm,email))) = (select sum(crc32(concat(id,name,email))) from par) from par__new;","41,1","copied")
  server:run(d:render(c3),"copy again"); server:ask("select count(*) from par__new;","41","copied again")
  -- swap
  local ts2={name=q"par__sync",kind="table",table=q"par",target=q"par__old",pairs={},columns={{to="id",expr="id"},{to="name",expr="nm"},{to="email",expr="email"}},key={"id"}}
  local fkold=H.with(ch.foreign_keys[1],{ref=q"par__old"})
  local swap=H.step({par,ch,parn},{ops.drop_sync(ts),ops.drop_view(view),ops.rename_table(ops.shell(par),H.with(ops.shell(par),{name=q"par__old"})),ops.rename_table(ops.shell(parn),H.with(ops.shell(parn),{name=q"par"})),
    ops.alter_column(q"par__old",par.columns[3],H.with(par.columns[3],{nullable=true})),
    ops.drop_foreign_key(q"ch",fkold),ops.add_foreign_key(q"ch",ch.foreign_keys[1]),ops.create_sync(ts2),ops.create_view(H.with(view,{query="SELECT id, nm AS name FROM par"}))},{form="swap"})
  server:run(d:render(swap),"swap tables")
  for _,o in ipairs(swap.ops) do local p=d.catalog.done(o,d,swap); if p then server:ask(p..";","1","table swap done "..o.op) end end
  server:run("insert into par(nm,email) values('after','aft'); update par set nm='zz' where id=5; delete from par where id=30; insert into ch(par_id) values(5); insert into par(id,nm,email) values(1,'x','y') on duplicate key update nm='one';","new writes")
  server:ask("select nm from par where id in (1,5);","one | zz","new rows")
  server:ask("select id,name,gone from par__old where id in (1,5,30) or name='after' order by id;","1,one,g | 5,zz,g | 501,after,NULL","old follows")
  server:refuses("delete from par where id=5;")
  server:refuses("insert into ch(par_id) values(99999);")
  server:ask("select count(*) from vp;","41","view")
  server:ask("select count(*) from information_schema.triggers where trigger_schema=database();","3","3 triggers")
  server:run(d:render(H.back(swap)),"swap tables back")
  server:run("insert into par(name,gone,email) values('back','g','bk'); delete from par where name='after';","old writes")
  server:ask("select count(*)=(select count(*) from par__new), sum(gone is null) from par;","1,0","back ok")
  server:ask("select count(*) from vp;","41","view back")
  server:ask("select count(*) from information_schema.triggers where trigger_schema=database();","3","3 triggers back")
  server:refuses("insert into ch(par_id) values(99999);")
  server:run(d:render(H.back(c2)),"drop sync"); server:run(d:render(H.back(c1)),"drop new")
  server:ask("select count(*) from information_schema.triggers where trigger_schema=database();","0","no triggers")
  server:ask("select id from par where id<2 order by id;","0 | 1","id 0 kept")
end

-- The old table behind the switch: what nobody has written anew comes back as it was, and a row that goes lets go of those that refer to it.
local function kept_beside(server)
  local d = server.d
  server:fresh()
  local function staff(name, kind, length)
    return H.table(name,{col("id",T"bigint",{nullable=false}),col("boss",T"bigint"),col("code",T(kind,length)),col("at",T("datetime",kind=="varchar" and 3 or 0)),col("note",T("varchar",20))},{primary_key=H.primary("id"),foreign_keys={{name=name.."_boss",columns={"boss"},ref=q(name),ref_columns={"id"},on_delete="set null"}}})
  end
  local old, new = staff("staff__old","varchar",10), staff("staff","integer")
  server:schema(old, new)
  server:run("insert into staff__old values(1,null,'007','2020-01-01 10:00:00.123','a'),(2,1,'08',null,'b'),(3,2,'x','2020-01-01 10:00:00.123','c'); insert into staff select id,boss,if(code='x',null,code+0),cast(at as datetime),note from staff__old;","seed")
  local back={name=q"staff__sync",kind="table",table=q"staff",target=q"staff__old",pairs={},key={"id"},columns={{to="id",expr="id"},{to="boss",expr="boss"},{to="code",expr=d.types.convert("code",new.columns[3].type,old.columns[3].type,d)},{to="at",expr="at"},{to="note",expr="note"}}}
  server:run(d:render(H.step({old,new},{ops.create_sync(back)})),"sync")
  server:run("update staff set note='z' where id in (1,3); update staff set code=9 where id=2; update staff set id=30, boss=1 where id=3; insert into staff values(4,2,44,'2021-01-01','d'); update staff set at=null, code=code where id=30;","writes")
  local rows="select id,boss,code,at,note from staff__old order by id;"
  server:ask(rows,"1,NULL,007,2020-01-01 10:00:00.123,z | 2,1,9,NULL,b | 4,2,44,2021-01-01 00:00:00.000,d | 30,1,x,NULL,z","untouched values stay")
  server:run("delete from staff where id=1;","a row that others refer to")
  server:ask(rows,"2,NULL,9,NULL,b | 4,2,44,2021-01-01 00:00:00.000,d | 30,NULL,x,NULL,z","it is gone there, too")
  server:ask("select count(*) from forgelua_sync_errors;","0","nothing was logged")
end

-- Numbers that were given to rows that have gone are not given again, whichever of the two tables serves.
local function counter(server)
  local d = server.d
  server:fresh()
  local function jobs(name, kind) return H.table(name,{col("id",T(kind),{nullable=false,identity={always=false}}),col("n",T"integer")},{primary_key=H.primary("id")}) end
  local old, new = jobs("jobs","integer"), jobs("jobs__new","bigint")
  server:schema(old, new)
  server:run("insert into jobs(n) values(1),(2),(3); delete from jobs; analyze table jobs, jobs__new;","three jobs done")
  local function sync(target) return {name=q"jobs__sync",kind="table",table=q"jobs",target=q(target),pairs={},columns={{to="id",expr="id"},{to="n",expr="n"}},key={"id"}} end
  server:run(d:render(H.step({old,new},{ops.create_sync(sync "jobs__new")})),"sync")
  local swap=H.step({old,new},{ops.drop_sync(sync "jobs__new"),ops.rename_table(ops.shell(old),H.with(ops.shell(old),{name=q"jobs__old"})),ops.rename_table(ops.shell(new),H.with(ops.shell(new),{name=q"jobs"})),ops.create_sync(sync "jobs__old")},{form="swap"})
  server:run(d:render(swap),"swap")
  server:run("insert into jobs(n) values(5); delete from jobs; insert into jobs(n) values(6);","the new table goes on")
  server:ask("select id, n from jobs;","5,6","no number twice")
  server:run("delete from jobs; alter table jobs auto_increment=70;","a number by hand")
  server:run(d:render(H.back(swap)),"swap back")
  server:run("insert into jobs(n) values(7);","the old table goes on")
  server:ask("select id, n from jobs;","70,7","nor on the way back")
end

local list = H.servers()
for _, server in ipairs(list) do
  columns(server)
  fill(server)
  fill_beside_pair(server)
  tables(server)
  kept_beside(server)
  counter(server)
end
H.finish(list)
