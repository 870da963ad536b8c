-- why: recording groups, accounts, pages that did not change, pushed resources, access keys, and what the AWS Config API keeps
-- cost: adds empty tables and columns

-- recording groups

-- accounts and regions

-- pages and versions already known

-- log files read

-- custom types

-- who may

-- what the API keeps
