"""What every table shares: constraint names that Alembic can find again, and instants kept as whole milliseconds in UTC."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Dialect, MetaData
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import JSON, TypeDecorator

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime, stored as milliseconds since 1970: equal on SQLite and PostgreSQL, and sortable."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else round(value.timestamp() * 1000)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromtimestamp(value / 1000, UTC)


class Base(DeclarativeBase):
    """Tables have no methods: rules decide, operations write, queries read."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: Instant, dict[str, Any]: JSON, list[Any]: JSON}


def one_of(column: str, *values: str) -> str:
    """The text of a CHECK that a column holds one of these words."""
    return f"{column} IN ({', '.join(repr(v) for v in values)})"
