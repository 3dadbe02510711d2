CREATE TABLE `My Table`(`Id` int PRIMARY KEY, `select` int);

-- becomes

CREATE TABLE `My Table`(`Id` bigint PRIMARY KEY, `select` varchar(20) NOT NULL DEFAULT 'a', `b``t` int, KEY `i x`(`b``t`));
