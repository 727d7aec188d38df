"""What the program ships with to chart by: one protocol, one atlas, the products."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from desktop.core.atlas import Atlas, Point
from desktop.core.product import Product, UnknownProductError
from desktop.core.protocol import Protocol, Side
from desktop.core.session import Injection, Session

SIDES = list(Side)


@dataclass(frozen=True)
class Handbook:
    """Protocol, atlas and products as one value, handed to whatever charts."""

    protocol: Protocol
    atlas: Atlas
    products: Mapping[str, Product]

    @property
    def default_product(self) -> Product:
        """The product that a session without a vial is charted by."""
        return next(iter(self.products.values()))

    def product_of(self, session: Session) -> Product:
        """The product in use: that of the vial from which is drawn."""
        vial = session.vial_in_use
        return self.default_product if vial is None else self.products[vial.product]

    def product_named(self, name: str) -> Product:
        """Find a product by its brand name, in any case.

        Raises:
            UnknownProductError: No shipped product has this name.
        """
        for product in self.products.values():
            if product.name.casefold() == name.casefold():
                return product
        raise UnknownProductError(name, tuple(p.name for p in self.products.values()))

    def fixed_units(self, code: str) -> Decimal:
        """What the protocol gives a fixed site; of an extra, what any fixed site has."""
        sites = self.protocol.sites
        return sites[code].units if code in sites else next(iter(sites.values())).units

    def point_of(self, injection: Injection) -> Point | None:
        """Where an injection was charted; none where no position was recorded."""
        if injection.point is not None or injection.is_extra:
            return injection.point
        return self.atlas.home_point(injection.code)

    def suggestions(self, region: str, side: Side) -> tuple[Point, ...]:
        """Places for an extra, to choose from; none where the pain is not followed."""
        points = (
            Point(place.view, place.across_mm, place.up_mm)
            for place in self.protocol.regions[region].suggestions
        )
        if side is Side.LEFT:
            return tuple(points)
        return tuple(self.atlas.mirrored(point) for point in points if side is Side.RIGHT)

    def in_order(self, session: Session) -> list[Injection]:
        """The injections in the order of the protocol, a region's extras after its fixed sites.

        Extras are in the order of sides and numbers, however the session was put together.
        """
        regions, codes = self._places

        def place(each: Injection) -> tuple[int, int, int, int]:
            number = int(each.code.split("-")[1].removeprefix("X"))
            fixed = codes.get(each.code, len(codes))
            return regions[each.region], fixed, SIDES.index(each.side), number

        return sorted(session.injections.values(), key=place)

    @cached_property
    def _places(self) -> tuple[dict[str, int], dict[str, int]]:
        """The place of each region, and of each fixed site, in the protocol."""
        return (
            {key: place for place, key in enumerate(self.protocol.regions)},
            {code: place for place, code in enumerate(self.protocol.sites)},
        )
