"""What Microsoft Entra ID's provisioning service sends of a new user and of a new group (see test_entra)."""

from typing import Any

from scim_server.scim.urns import ENTERPRISE_USER, GROUP, USER

ADSCIM = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"
NEW_USER = {
    "schemas": [USER, ENTERPRISE_USER],
    "externalId": "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
    "userName": "Test_User_ab6490ee@gov.example",
    "active": True,
    "emails": [{"primary": True, "type": "work", "value": "Test_User_fd0ea19b@gov.example"}],
    "meta": {"resourceType": "User"},
    "name": {"formatted": "givenName familyName", "familyName": "familyName", "givenName": "givenName"},
    "roles": [],
}
NEW_GROUP = {
    "schemas": [GROUP, ADSCIM],
    "externalId": "8aa1a0c0-c4c3-4bc0-b4a5-2ef676900159",
    "displayName": "displayName",
    "meta": {"resourceType": "Group"},
}


def another(name: str) -> dict[str, Any]:
    """The same new user under another name."""
    return NEW_USER | {"userName": name, "externalId": name}
