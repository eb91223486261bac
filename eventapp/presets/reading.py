"""JSON into frozen records, refusing unknown keys, missing keys and wrong types with a sentence."""

import json
import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")


def check(holds: bool, sentence: str) -> None:
    """Raise ValueError with the sentence unless the condition holds."""
    if not holds:
        raise ValueError(sentence)


def read_json(path: Path) -> dict[str, Any]:
    """The object in a UTF-8 JSON file; decimal figures stay strings. ValueError names the file."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"), parse_float=str)
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ValueError(f"{path.name} cannot be read: {error}.") from error
    check(isinstance(content, dict), f"{path.name} must hold one JSON object.")
    return dict(content)


def record(kind: type[T], value: object, where: str) -> T:
    """A dataclass of `kind` from a JSON object; `where` begins the sentence of an error."""
    if not isinstance(value, dict):
        raise ValueError(f"{where} must be an object.")
    known = {field.name: field for field in fields(kind)}
    unknown = sorted(set(value) - set(known))
    check(not unknown, f"{where} has an unknown key: {', '.join(unknown)}.")
    missing = sorted(name for name, field in known.items() if name not in value and _required(field))
    check(not missing, f"{where} lacks the key: {', '.join(missing)}.")
    hints = get_type_hints(kind)
    return kind(**{name: _value(hints[name], value[name], f"{where}.{name}") for name in known if name in value})


def records(kind: type[T], value: object, where: str) -> tuple[T, ...]:
    """A tuple of records from a JSON list."""
    if not isinstance(value, list):
        raise ValueError(f"{where} must be a list.")
    return tuple(record(kind, item, f"{where}[{index}]") for index, item in enumerate(value))


def _required(field: "Field[Any]") -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _value(hint: Any, value: object, where: str) -> Any:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _optional(hint, value, where)
    if origin is Literal:
        check(value in get_args(hint), f"{where} must be one of {', '.join(map(str, get_args(hint)))}, not {value!r}.")
        return value
    if origin is tuple:
        return _items(get_args(hint)[0], value, where)
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(get_args(hint), value, where)
    if _is_record(hint):
        return record(hint, value, where)
    return _scalar(hint, value, where)


def _is_record(hint: Any) -> bool:
    return is_dataclass(hint)


def _optional(hint: Any, value: object, where: str) -> Any:
    if value is None:
        return None
    return _value(next(kind for kind in get_args(hint) if kind is not type(None)), value, where)


def _items(kind: Any, value: object, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise ValueError(f"{where} must be a list.")
    return tuple(_value(kind, item, f"{where}[{index}]") for index, item in enumerate(value))


def _mapping(kinds: tuple[Any, ...], value: object, where: str) -> dict[Any, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"{where} must be an object.")
    return {_value(kinds[0], key, where): _value(kinds[1], item, f"{where}.{key}") for key, item in value.items()}


def _scalar(hint: Any, value: object, where: str) -> Any:
    if hint in (date, time, datetime):
        return _instant(hint, value, where)
    check(type(value) is hint, f"{where} must be {hint.__name__}, not {value!r}.")
    return value


def _instant(kind: Any, value: object, where: str) -> Any:
    try:
        instant = kind.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{where} must be a {kind.__name__}, not {value!r}.") from error
    check(kind is not datetime or instant.tzinfo is not None, f"{where} must carry an offset.")
    return instant
