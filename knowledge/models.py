"""The tables of the compiled knowledge base (SQLAlchemy 2). Words in two languages are JSON: {"en": ..., "es": ...}."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """Parent of all tables of the knowledge base."""

    type_annotation_map = {dict[str, Any]: JSON, list[Any]: JSON}


class Build(Base):
    """One row: which content this database was compiled from."""

    __tablename__ = "build"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str]
    built_at: Mapped[dt.datetime]


class Organization(Base):
    """An agency (HSDS ``organization``)."""

    __tablename__ = "organization"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[dict[str, Any]]
    short: Mapped[str | None]
    url: Mapped[dict[str, Any]]


class ServiceRow(Base):
    """One official service at one official place (HSDS ``service``)."""

    __tablename__ = "service"

    id: Mapped[str] = mapped_column(primary_key=True)
    organization_id: Mapped[str] = mapped_column(ForeignKey("organization.id"))
    name: Mapped[dict[str, Any]]
    summary: Mapped[dict[str, Any]]
    url: Mapped[dict[str, Any]]
    address: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    state_program: Mapped[str | None]
    source: Mapped[str]
    assured_date: Mapped[dt.date]
    """HSDS name of the day of the last review."""
    review_by: Mapped[dt.date]
    unconfirmed: Mapped[list[Any]]
    organization: Mapped[Organization] = relationship(lazy="joined")
    phones: Mapped[list[PhoneRow]] = relationship(order_by="PhoneRow.position", lazy="selectin")
    areas: Mapped[list[ServiceArea]] = relationship(lazy="selectin")


class PhoneRow(Base):
    """A telephone of a service (HSDS ``phone``)."""

    __tablename__ = "phone"

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str]
    extension: Mapped[str | None]
    tty: Mapped[str | None]
    hours: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    languages: Mapped[list[Any]]
    press: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    source: Mapped[str]


class ServiceArea(Base):
    """A state to which a service is limited (HSDS ``service_area``)."""

    __tablename__ = "service_area"

    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"), primary_key=True)
    state: Mapped[str] = mapped_column(primary_key=True)


class StateOfficeRow(Base):
    """The office of one state that runs a programme."""

    __tablename__ = "state_office"

    program: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[dict[str, Any]]
    url: Mapped[dict[str, Any]]
    phone: Mapped[str | None]
    tty: Mapped[str | None]
    note: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    source: Mapped[str]
    finder: Mapped[bool]
    unconfirmed: Mapped[list[Any]]
    assured_date: Mapped[dt.date]
    review_by: Mapped[dt.date]


class FactRow(Base):
    """Something about the person that changes a path."""

    __tablename__ = "fact"

    id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    definition: Mapped[dict[str, Any]]


class EventRow(Base):
    """A life event or top task."""

    __tablename__ = "life_event"

    slug: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    kind: Mapped[str]
    title: Mapped[dict[str, Any]]
    words: Mapped[dict[str, Any]]
    """Opening and closing lines."""
    about: Mapped[str]
    ask: Mapped[list[Any]]
    next_events: Mapped[list[Any]]
    steps: Mapped[list[StepRow]] = relationship(order_by="StepRow.position", lazy="selectin")


class StepRow(Base):
    """A single thing to do in a life event."""

    __tablename__ = "step"

    event_slug: Mapped[str] = mapped_column(ForeignKey("life_event.slug"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    service_id: Mapped[str] = mapped_column(ForeignKey("service.id"))
    definition: Mapped[dict[str, Any]]
    """Words, urgency, eligibility and prerequisites, in the shape of ``knowledge.schema.Step``."""
    service: Mapped[ServiceRow] = relationship(lazy="joined")


class LinkRow(Base):
    """What the last check of one web address found; a compile leaves it as it is."""

    __tablename__ = "link"

    url: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    dead: Mapped[bool]
    """Whether people are not to be sent there."""
    checked_at: Mapped[dt.datetime]
    changed_at: Mapped[dt.datetime]
    """When it was last found dead after it was alive, or alive after it was dead."""
    code: Mapped[int | None]
    final_url: Mapped[str | None]
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    failures: Mapped[int]
    note: Mapped[str]
