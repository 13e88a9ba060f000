"""PUT, GET and HEAD of content-addressed objects."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.views import APIView

from backend.artifacts.downloads import download
from backend.artifacts.uploads import key_of, upload_check, upload_store
from backend.web.deployed import deployment
from backend.web.errors import Problem, problem_of, problem_response
from backend.web.responses import json_response
from backend.web.schema import bytes32_field, problems
from backend.web.throttles import ReadThrottle, UploadThrottle

_ALLOW = {"Allow": "GET, HEAD, PUT, OPTIONS"}
_KIND = OpenApiParameter("kind", str, OpenApiParameter.PATH, enum=["bytes", "list", "spec", "tensor"])
_ID = OpenApiParameter("id", str, OpenApiParameter.PATH, description="0x and 64 hex digits")
_SIGNED = [
    OpenApiParameter("X-Assay-Account", str, OpenApiParameter.HEADER, required=True),
    OpenApiParameter(
        "X-Assay-Expiry", int, OpenApiParameter.HEADER, required=True, description="unix seconds"
    ),
    OpenApiParameter("X-Assay-Signature", str, OpenApiParameter.HEADER, required=True, description="EIP-712"),
]


class StoredSerializer(serializers.Serializer[Any]):
    """What an upload left."""

    kind = serializers.ChoiceField(choices=["bytes", "list", "spec", "tensor"])
    id = bytes32_field()
    size = serializers.IntegerField()
    created = serializers.BooleanField(help_text="false: it was here already, and cost no quota")


class Artifact(APIView):
    """One object of the store, by kind and id."""

    reads: ClassVar[ReadThrottle] = ReadThrottle()
    uploads: ClassVar[UploadThrottle] = UploadThrottle()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Without DRF's request: bodies are streamed, and nothing may parse them."""
        try:
            if request.method in ("GET", "HEAD"):
                return self.get(request, **kwargs)
            if request.method == "PUT":
                return self.put(request, **kwargs)
            if request.method == "OPTIONS":
                return HttpResponse(status=204, headers=_ALLOW)
            raise Problem(405, "method_not_allowed", f"{request.method} is not allowed here.", headers=_ALLOW)
        except Exception as error:
            return problem_response(problem_of(error))

    @extend_schema(
        summary="Download an object",
        parameters=[_KIND, _ID],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY, **problems(400, 404, 416, 429)},
    )
    def get(self, request: HttpRequest, kind: str, id: str) -> HttpResponseBase:
        """Its bytes, or the range asked for."""
        self.reads.check(request)
        return download(request, *key_of(kind, id))

    @extend_schema(
        summary="Upload an object",
        description=(
            "The body is hashed while it streams and kept only if it is the object. The signature is EIP-712: domain "
            'name "Assay artifacts", version "1", chainId; type Upload(string kind,bytes32 id,uint64 size,uint64 '
            "expiry); expiry at most an hour ahead. Sending what is here already costs nothing."
        ),
        parameters=[_KIND, _ID, *_SIGNED],
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses={
            200: StoredSerializer,
            201: StoredSerializer,
            **problems(400, 401, 411, 413, 415, 422, 429, 507),
        },
    )
    def put(self, request: HttpRequest, kind: str, id: str) -> HttpResponseBase:
        """Stores the body under the id it must hash to."""
        self.uploads.check(request)
        upload = upload_check(request, kind, id, deployment().chain_id)
        created = upload_store(request, upload)
        answer = {
            "kind": upload.kind.value,
            "id": "0x" + upload.identity.hex(),
            "size": upload.size,
            "created": created,
        }
        return json_response(request, answer, 201 if created else 200, cache="no-store")
