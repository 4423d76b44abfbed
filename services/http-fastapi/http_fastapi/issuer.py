"""An issuer of tokens to try the service with, here and in tests; a real one keeps its keys.

python -m http_fastapi.issuer jwks.json: writes the public key there and prints a token for ten minutes.
Start the service with HTTP_FASTAPI_JWT_KEYS=jwks.json and the issuer and audience that it says.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

ISSUER, AUDIENCE = "https://issuer.example", "orders"
SCOPES = "orders:read orders:write"
LIFETIME_SECONDS = 600


class Issuer:
    """Signs tokens with its keys: `one` and `two` (RSA), `curve` (P-256)."""

    def __init__(self) -> None:
        self.keys: dict[str, Any] = {kid: rsa.generate_private_key(65537, 2048) for kid in ("one", "two")}
        self.keys["curve"] = ec.generate_private_key(ec.SECP256R1())

    def document(self, *kids: str) -> bytes:
        """The JWKS of the public keys of these ids."""
        return json.dumps({"keys": [self._public(kid) for kid in kids]}).encode()

    def token(self, kid: str = "one", *, header: dict[str, Any] | None = None, **claims: object) -> str:
        """A good token but for `claims`; None leaves one out."""
        good = {"iss": ISSUER, "aud": AUDIENCE, "sub": "ann", "scope": SCOPES}
        payload = {**good, "exp": int(time.time()) + LIFETIME_SECONDS, **claims}
        payload = {name: value for name, value in payload.items() if value is not None}
        algorithm = "ES256" if kid == "curve" else "RS256"
        return jwt.encode(payload, self.keys[kid], algorithm, {"kid": kid, **(header or {})})

    def _public(self, kid: str) -> dict[str, Any]:
        form = ECAlgorithm if kid == "curve" else RSAAlgorithm
        return {**form.to_jwk(self.keys[kid].public_key(), as_dict=True), "kid": kid}


def main(path: Path) -> None:
    """Write the JWKS and print a token, and on stderr what the service has to be told."""
    issuer = Issuer()
    path.write_bytes(issuer.document("one"))
    settings = {"KEYS": path, "ISSUER": ISSUER, "AUDIENCE": AUDIENCE}
    told = " ".join(f"HTTP_FASTAPI_JWT_{name}={value}" for name, value in settings.items())
    sys.stderr.write(f"{told}\n")
    sys.stdout.write(f"{issuer.token()}\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:  # noqa: PLR2004 - the program and the file
        sys.exit("usage: python -m http_fastapi.issuer jwks.json")
    main(Path(sys.argv[1]))
