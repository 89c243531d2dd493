"""Validates the document of the example `openapi` with openapi-spec-validator, which knows nothing of us.

Usage: run.py BUILT_EXAMPLE
"""

import copy
import json
import subprocess
import sys

from openapi_spec_validator import OpenAPIV31SpecValidator

passed = 0


def check(what, holds):
    global passed
    if not holds:
        sys.exit(f"FAILED {what}")
    passed += 1


def errors(document):
    return [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()]


document = json.loads(subprocess.run([sys.argv[1], "--print"], check=True, capture_output=True).stdout)
found = errors(document)
check(f"the document is valid: {found}", not found)

# The validator would have said so.
broken = copy.deepcopy(document)
broken["paths"]["/me"]["get"]["security"] = {"bearerAuth": []}
check("a wrong `security` is found", errors(broken))
broken = copy.deepcopy(document)
broken["paths"]["/me"]["get"]["responses"]["401"].pop("description")
check("a refusal without a description is found", errors(broken))

# Every scheme that an operation names is declared.
declared = set(document["components"]["securitySchemes"])
for path, item in document["paths"].items():
    for method, operation in item.items():
        named = {name for alternative in operation["security"] for name in alternative}
        check(f"{method} {path} names schemes that are there", named <= declared)
        refusals = {"401", "503"} if named else set()
        check(f"{method} {path} has its refusals", refusals <= set(operation["responses"]))
print(f"{passed} passed, 0 failed")
