"""What passes as a picture of a face: JPEG, 10 to 200 KB, and nobody has said that this one is bad."""

import base64
import binascii
import hashlib

from connectors.attendance.simulator.codes import BAD_PICTURE, MALFORMED, Refusal
from connectors.attendance.simulator.world import World

SMALLEST, LARGEST = 10 * 1024, 200 * 1024
ENCODED = 12_000_000  # characters; the gateway lets no longer one through
NOT_A_JPEG = "0x1f902301"
WRONG_SIZE = "0x1f902302"
BLURRED = "0x1f902306"
REASONS = {NOT_A_JPEG: "图片格式不支持", WRONG_SIZE: "图片大小不符合要求", BLURRED: "图片清晰度过低"}


def picture(world: World, name: str, encoded: str) -> bytes:
    """The bytes of a picture that will do. Raises Refusal: not Base64, or 0x1f913016 with a statusCode."""
    try:
        found = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise Refusal(MALFORMED, name) from None
    if reason := _fault(world, found):
        raise Refusal(BAD_PICTURE, data=verdict(reason))
    return found


def verdict(reason: str = "") -> dict[str, object]:
    """What the check of a picture says; `reason`: why it fails."""
    return {
        "checkResult": not reason,
        "statusCode": reason or "0",
        "statusMessage": REASONS.get(reason, "图片质量不合格") if reason else "success",
        "faceScore": 30 if reason else 90,
    }


def _fault(world: World, found: bytes) -> str:
    if not (found.startswith(b"\xff\xd8\xff") and found.endswith(b"\xff\xd9")):
        return NOT_A_JPEG
    if not SMALLEST <= len(found) <= LARGEST:
        return WRONG_SIZE
    return world.refused_pictures.get(hashlib.sha256(found).hexdigest(), "")
