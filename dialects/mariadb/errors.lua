--- MariaDB's errors are MySQL's.

return {}
