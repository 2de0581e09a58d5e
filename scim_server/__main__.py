"""`python -m scim_server` is `huaming`."""

from scim_server.cli import main

main()
