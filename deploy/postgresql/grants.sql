-- What the product's own role may do. Run it as the owner of the tables, after each migration:
--
--     psql -v ON_ERROR_STOP=1 -v product=huaming -f grants.sql "postgresql://owner@host/hub"
--
-- The product adds to the trace and to its seals; nobody but the owner changes or removes what stands there (S26).
-- Migrations, and `huaming trace --cut`, are run with the owner's URL.

GRANT USAGE ON SCHEMA public TO :"product";
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO :"product";
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO :"product";

REVOKE UPDATE, DELETE ON trace, seals, seal_lots, changes FROM :"product";
REVOKE INSERT, UPDATE, DELETE ON trace_begin, alembic_version FROM :"product";

-- an erasure blanks the values of a person's pushes, and nothing else of them
GRANT UPDATE (before, after) ON changes TO :"product";
