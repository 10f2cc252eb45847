"""The settings of what has several drivers: an input, the orders, a panel, the signals.

``driver: oled`` is the file ``oled.py`` in the folder of the section; its settings model is in that
file. It is imported when a configuration names it, and no other driver is: so the kiosk starts fast
and needs little memory.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, Self, get_args

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticKnownError, core_schema

from kiosk.base.parts import WiredPart
from kiosk.base.permissions import NOTHING, Permissions
from kiosk.base.settings import Settings


class DriverSettings(Settings):
    """The settings that all drivers of a section have.

    The class that states ``drivers`` stands for all of them: as the type of a setting, it takes a
    section of the configuration and returns the settings of the driver that the section names.
    """

    folder: ClassVar[str]  # the package with a file for each driver
    drivers: ClassVar[tuple[str, ...]]  # their names, in the order of the manual
    usual: ClassVar[str] = ""  # the driver, if the section names none

    if TYPE_CHECKING:
        driver: str  # each driver states the only value of its own

    def permissions(self) -> Permissions:
        """Return what the driver needs of the system. Each driver states its own."""
        return NOTHING

    def parts(self) -> tuple[WiredPart, ...]:
        """Return the parts to connect, with their wires; none for a driver without hardware."""
        return ()

    @classmethod
    def stands_for_all(cls) -> bool:
        """Return whether this is the class of all drivers, not that of one."""
        return "drivers" in vars(cls)

    @classmethod
    def of(cls, driver: str) -> type[Self]:
        """Return the settings model of a driver; imports its file."""
        model: type[Self] = _model(cls, driver)
        return model

    @classmethod
    def all(cls) -> tuple[type[Self], ...]:
        """Return the models of all drivers; imports all files."""
        return tuple(map(cls.of, cls.drivers))

    @classmethod
    def driver_in(cls, section: Any) -> Any:
        """Return what the section names as its driver; None if it names none."""
        return section.get("driver", cls.usual or None) if isinstance(section, dict) else None

    @classmethod
    def _choose(cls, section: Any) -> Self:
        """Return the settings in a section, with the errors of a union of all drivers."""
        if isinstance(section, cls):
            return section
        if not isinstance(section, dict):
            raise PydanticKnownError("model_attributes_type")
        driver = cls.driver_in(section)
        if driver is None:
            raise PydanticKnownError("union_tag_not_found", {"discriminator": "driver"})
        if driver not in cls.drivers:
            tags = {"tag": str(driver), "expected_tags": ", ".join(map(repr, cls.drivers))}
            raise PydanticKnownError("union_tag_invalid", {"discriminator": "driver", **tags})
        return cls.of(driver).model_validate(section)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        if cls.stands_for_all():
            return core_schema.no_info_plain_validator_function(cls._choose)
        return handler(source)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        if cls.stands_for_all():
            tagged: Any = {driver: cls.of(driver) for driver in cls.drivers}
            schema = core_schema.tagged_union_schema(
                {driver: model.__pydantic_core_schema__ for driver, model in tagged.items()},
                discriminator="driver",
            )
        return handler(schema)


@cache
def _model(family: type[DriverSettings], driver: str) -> Any:
    for each in vars(import_module(f"{family.folder}.{driver}")).values():
        if isinstance(each, type) and issubclass(each, family) and _name_of(each) == driver:
            return each
    raise LookupError(f"{family.folder}.{driver} has no settings with driver: {driver}")


def _name_of(model: type[DriverSettings]) -> str:
    field = model.model_fields.get("driver")
    return str(get_args(field.annotation)[0]) if field else ""
