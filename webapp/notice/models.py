"""How far a person has read."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from webapp.db import Base, Instant


class NoticeMark(Base):
    """The newest move a person has been told of and called read; newer ones are counted beside the bell."""

    __tablename__ = "notice_mark"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, autoincrement=False)
    read_up_to: Mapped[int]  # id of an `evidence_move`
    read_at: Mapped[Instant]
