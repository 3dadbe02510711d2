CREATE TABLE s (id varchar(255) not null, state varchar(255) null, status text check (`status` in ('pending', 'approved')) default 'pending', primary key (id));
-- becomes
CREATE TABLE s (id varchar(255) not null, state text null, status text check (`status` in('pending' , 'approved')) default 'pending', primary key (id));
