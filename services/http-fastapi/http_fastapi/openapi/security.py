"""Security in the document: a bearer token of any source, or the OAuth2 flow that gives one with scopes."""

from http_fastapi.openapi.operations import Document, operations_of

SCOPES = {"orders:read": "Look at orders.", "orders:write": "Place and pay orders."}


def add_security(document: Document, token_url: str) -> None:
    """Offer OAuth2 beside each bearer requirement; both end in the same token."""
    schemes = document["components"].setdefault("securitySchemes", {})
    schemes["oauth2"] = {
        "type": "oauth2",
        "description": "Client credentials (RFC 6749, section 4.4); the token is sent as a bearer token.",
        "flows": {"clientCredentials": {"tokenUrl": token_url, "scopes": SCOPES}},
    }
    for _, _, operation in operations_of(document):
        for requirement in list(operation.get("security", [])):
            if "bearer" in requirement:
                operation["security"].append({"oauth2": requirement["bearer"]})
