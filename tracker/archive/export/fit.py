"""A session as a FIT activity: a set message for each set and each rest between two.

FIT has the lift, repetitions, load and times of a set. Leg, tempo, tilt, lockouts and clean reps have no
field of their own there: they are developer fields, called as the columns of the table of sets and holding
what stands there. Times are whole seconds in FIT, but for durations; loads are sixteenths of a kg.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from itertools import count
from typing import Any, Final
from uuid import UUID
from zlib import crc32

import pandas as pd
from fit_tool.base_type import BaseType
from fit_tool.data_message import DataMessage
from fit_tool.developer_field import DeveloperField
from fit_tool.exceptions import FitEncodingError
from fit_tool.fit_file_builder import FitFileBuilder
from fit_tool.profile.messages.activity_message import ActivityMessage
from fit_tool.profile.messages.developer_data_id_message import DeveloperDataIdMessage
from fit_tool.profile.messages.event_message import EventMessage
from fit_tool.profile.messages.field_description_message import FieldDescriptionMessage
from fit_tool.profile.messages.file_id_message import FileIdMessage
from fit_tool.profile.messages.lap_message import LapMessage
from fit_tool.profile.messages.record_message import RecordMessage
from fit_tool.profile.messages.session_message import SessionMessage
from fit_tool.profile.messages.set_message import SetMessage
from fit_tool.profile.profile_type import (
    Activity,
    Event,
    EventType,
    ExerciseCategory,
    FileType,
    FitBaseUnit,
    HipRaiseExerciseName,
    Manufacturer,
    SetType,
    Sport,
    SubSport,
)

from tracker.archive import tables
from tracker.archive.export.exported import Exported, moment
from tracker.coaching.exercises import ONE_LEG_HIP_THRUST
from tracker.coaching.results import Session, Set
from tracker.errors import InputError

APPLICATION: Final = UUID("6f0d8c5e-5d0e-4c39-9a64-3b1d0f6f7a21")
"""Whose developer fields these are: chosen once at random, and never changed."""

_FIRST_YEAR = 1990
_EPOCH_S = 631_065_600
"""When FIT's time was 0: 1989-12-31, s of Unix time."""

_HIP_RAISES = {ONE_LEG_HIP_THRUST.name: HipRaiseExerciseName.WEIGHTED_SINGLE_LEG_HIP_RAISE}
"""Lifts that FIT has a name for, in its category hip_raise."""


@dataclass(frozen=True, slots=True)
class _Own:
    """A developer field: the column of the table of sets that it holds, and how."""

    column: str
    kind: BaseType
    unit: str = ""


_OWN: Final = (
    _Own("side", BaseType.STRING),
    _Own("eccentric_s", BaseType.FLOAT32, "s"),
    _Own("bottom_s", BaseType.FLOAT32, "s"),
    _Own("concentric_s", BaseType.FLOAT32, "s"),
    _Own("top_hold_s", BaseType.FLOAT32, "s"),
    _Own("tilt_top_deg", BaseType.FLOAT32, "deg"),
    _Own("lockout_rate", BaseType.FLOAT32),
    _Own("clean", BaseType.UINT16, "reps"),
)


def fit_files(exported: Exported) -> dict[str, bytes]:
    """Write the one file; by the ending of its name.

    Raises
    ------
    InputError
        If nobody knows when the session was, or it holds what FIT has no room for: a time before 1990, a
        load above 4 t.
    """
    session = exported.session
    if moment(session, 0.0).year < _FIRST_YEAR:
        raise _no_room(session, f"it begins before {_FIRST_YEAR}")
    try:
        messages = list(_messages(session))
    except FitEncodingError as error:
        raise _no_room(session, str(error)) from error
    builder = FitFileBuilder(strict=True)
    builder.add_all(messages)
    return {".fit": builder.build_bytes()}


def _no_room(session: Session, why: str) -> InputError:
    return InputError(f"{session.session_id} cannot be written as FIT ({why}); export it as csv")


def _messages(session: Session) -> Iterator[DataMessage]:
    end_s = session.sets[-1].t_end_s if session.sets else 0.0
    yield _file_id(session)
    yield from _own_fields()
    yield _timer(session, 0.0, EventType.START)
    yield from _records(session)
    yield from _sets(session)
    yield _timer(session, end_s, EventType.STOP_ALL)
    yield from _summaries(session, end_s)


def _ms(session: Session, t_s: float) -> int:
    """When that was, ms of Unix time: as the library wants it."""
    return round(moment(session, t_s).timestamp() * 1000)


def _file_id(session: Session) -> DataMessage:
    message = FileIdMessage()
    message.type = FileType.ACTIVITY
    message.manufacturer = Manufacturer.DEVELOPMENT.value
    message.product = 0
    message.serial_number = crc32(session.session_id.encode()) or 1  # 0 stands for none
    message.time_created = _ms(session, 0.0)
    return message


def _own_fields() -> Iterator[DataMessage]:
    developer = DeveloperDataIdMessage()
    developer.developer_data_index = 0
    developer.application_id = APPLICATION.bytes
    yield developer
    for number, own in enumerate(_OWN):
        message = FieldDescriptionMessage()
        message.developer_data_index = 0
        message.field_definition_number = number
        message.fit_base_type_id = own.kind.value
        message.field_name = own.column
        message.units = own.unit or None
        yield message


def _timer(session: Session, t_s: float, what: EventType) -> DataMessage:
    message = EventMessage()
    message.timestamp = _ms(session, t_s)
    message.event = Event.TIMER
    message.event_type = what
    return message


def _records(session: Session) -> Iterator[DataMessage]:
    """An activity has records; without a pulse they say only that time went on."""
    for t_s in [0.0, *(t_s for one in session.sets for t_s in (one.t_start_s, one.t_end_s))]:
        message = RecordMessage()
        message.timestamp = _ms(session, t_s)
        yield message


def _sets(session: Session) -> Iterator[DataMessage]:
    numbers = count()
    rows = tables.sets(session).to_dict("records")
    for one, row in zip(session.sets, rows, strict=True):
        if one is not session.sets[0] and one.rest_before_s > 0:
            yield _rest(session, one, next(numbers))
        yield _active(session, one, row, next(numbers))


def _span(message: Any, session: Session, t_start_s: float, t_end_s: float) -> None:  # noqa: ANN401
    message.timestamp = _ms(session, t_end_s)
    message.start_time = _ms(session, t_start_s)


def _rest(session: Session, after: Set, number: int) -> DataMessage:
    message = SetMessage()
    _span(message, session, after.t_start_s - after.rest_before_s, after.t_start_s)
    message.duration = after.rest_before_s
    message.set_type = SetType.REST.value
    message.message_index = number
    return message


def _active(session: Session, one: Set, row: dict[Any, Any], number: int) -> DataMessage:
    message = SetMessage(developer_fields=list(_said(row)))
    _span(message, session, one.t_start_s, one.t_end_s)
    message.duration = one.t_end_s - one.t_start_s
    message.repetitions = len(one.reps)
    message.set_type = SetType.ACTIVE.value
    message.message_index = number
    if one.exercise in _HIP_RAISES:
        message.category = [ExerciseCategory.HIP_RAISE.value]
        message.category_subtype = [_HIP_RAISES[one.exercise].value]
    else:
        message.category = [ExerciseCategory.UNKNOWN.value]
    if not math.isnan(one.load_kg):
        message.weight = one.load_kg
        message.weight_display_unit = FitBaseUnit.KILOGRAM.value
    return message


def _said(row: dict[Any, Any]) -> Iterator[DeveloperField]:
    """Give what was measured: what was not is no field of the message."""
    for number, own in enumerate(_OWN):
        if not pd.isna(row[own.column]):
            field = DeveloperField(number, own.column, own.kind, growable=True, units=own.unit)
            field.set_value(0, row[own.column])
            yield field


def _summaries(session: Session, end_s: float) -> Iterator[DataMessage]:
    """Give the lap, the session and the activity, each of which holds the one before."""
    lap, whole, activity = LapMessage(), SessionMessage(), ActivityMessage()
    for part in (lap, whole):
        _span(part, session, 0.0, end_s)
        part.message_index = 0
        part.total_elapsed_time = part.total_timer_time = end_s
        part.sport = Sport.TRAINING
        part.sub_sport = SubSport.STRENGTH_TRAINING
        part.event = Event.LAP if part is lap else Event.SESSION
        part.event_type = EventType.STOP
    whole.first_lap_index = 0
    whole.num_laps = 1
    activity.timestamp = _ms(session, end_s)
    activity.local_timestamp = round(moment(session, end_s).replace(tzinfo=UTC).timestamp()) - _EPOCH_S
    activity.total_timer_time = end_s
    activity.num_sessions = 1
    activity.type = Activity.MANUAL
    activity.event = Event.ACTIVITY
    activity.event_type = EventType.STOP
    yield from (lap, whole, activity)
