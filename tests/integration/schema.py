"""The JSON Schemas of `pointsman schema` held against what came out, apart from the engine's own checker."""

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float)}
ANNOTATIONS = {"$schema", "title", "description", "format"}


def problem_of(schema, value, pointer=""):
    """What is wrong, with its pointer; "" when nothing is. A keyword that is not known here is a problem too."""
    if isinstance(schema, bool):
        return "" if schema else f"{pointer} is not allowed"
    unknown = schema.keys() - ANNOTATIONS - {"type", "const", "required", "properties", "additionalProperties", "items"}
    if unknown:
        return f"{pointer}: the schema's {sorted(unknown)} are not checked here"
    kind = schema.get("type")
    if kind and (not isinstance(value, TYPES[kind]) or isinstance(value, bool) != (kind == "boolean")):
        return f"{pointer} is no {kind}"
    if "const" in schema and value != schema["const"]:
        return f"{pointer} is not {schema['const']}"
    if isinstance(value, list) and "items" in schema:
        return next(filter(None, (problem_of(schema["items"], v, f"{pointer}/{i}") for i, v in enumerate(value))), "")
    if not isinstance(value, dict):
        return ""
    missing = [name for name in schema.get("required", []) if name not in value]
    if missing:
        return f"{pointer}/{missing[0]} is missing"
    properties, others = schema.get("properties", {}), schema.get("additionalProperties", True)
    found = (problem_of(properties.get(name, others), member, f"{pointer}/{name}") for name, member in value.items())
    return next(filter(None, found), "")
