"""The little of JSON Schema that live documents need: what documents have in common, and where one differs from it."""

from collections.abc import Iterable, Iterator
from typing import Any

Schema = dict[str, Any]


def kind(value: object) -> str:
    """The JSON type of a value; a whole number is a number, as for JavaScript."""
    kinds = {bool: "boolean", int: "number", float: "number", str: "string", list: "array", dict: "object"}
    return "null" if value is None else kinds[type(value)]


def schema_of(values: Iterable[Any]) -> Schema:
    """The narrowest schema that all values fulfil: a key is required when every object has it, and no other key is allowed."""
    found = list(values)
    schema: Schema = {"type": sorted({kind(value) for value in found})}
    objects = [value for value in found if isinstance(value, dict)]
    if objects:
        names = sorted({name for one in objects for name in one})
        schema["properties"] = {name: schema_of(one[name] for one in objects if name in one) for name in names}
        schema["required"] = [name for name in names if all(name in one for one in objects)]
        schema["additionalProperties"] = False
    items = [item for value in found if isinstance(value, list) for item in value]
    if items:
        schema["items"] = schema_of(items)
    return schema


def differences(value: Any, schema: Schema, path: str = "$") -> Iterator[str]:
    """Where a value is not what the schema says, a line each."""
    if kind(value) not in schema["type"]:
        yield f"{path}: {kind(value)}, not {' or '.join(schema['type'])}"
    elif isinstance(value, dict):
        known = schema.get("properties", {})
        yield from (f"{path}.{name}: is missing" for name in schema.get("required", ()) if name not in value)
        yield from (f"{path}.{name}: is not in the contract" for name in value if name not in known)
        for name in value.keys() & known.keys():
            yield from differences(value[name], known[name], f"{path}.{name}")
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from differences(item, schema.get("items", {"type": []}), f"{path}[{place}]")
