"""scim2-server's ASGI application under uvicorn, all in memory: the peer that `bench/scim.py` measures beside us.

python bench/peer.py PORT
"""

import sys

import uvicorn
from scim2_server.applications.asgi import ASGIApplication
from scim2_server.memory import AsyncInMemoryStorage
from scim2_server.utils import load_default_provider


def main() -> None:
    app = ASGIApplication(AsyncInMemoryStorage(), load_default_provider())
    uvicorn.run(app, port=int(sys.argv[1]), loop="uvloop", http="httptools", log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
