"""Money between accounts: one transaction, all of it or nothing.

Both accounts are locked in the order of their ids, so that two transfers in opposite directions wait for each
other instead of deadlocking. A transfer's id makes it happen once, however often it is asked for.
"""

from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sql_sqlalchemy.store.database import Database
from sql_sqlalchemy.store.errors import ConflictError, NotFoundError
from sql_sqlalchemy.store.models import Account, Transfer
from sql_sqlalchemy.store.outbox import add_message
from sql_sqlalchemy.store.work import unit_of_work


@dataclass(frozen=True)
class NewTransfer:
    """What a customer asks for."""

    id: UUID
    from_account: UUID
    to_account: UUID
    amount_cents: int


class Ledger:
    """Accounts and the transfers between them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open_account(self, owner: str, balance_cents: int) -> Account:
        """Open an account with a first balance."""
        account_id = uuid4()

        async def work(session: AsyncSession) -> Account:
            account = await session.get(Account, account_id)
            if account is None:
                account = Account(id=account_id, owner=owner, balance_cents=balance_cents)
                session.add(account)
            return account

        with unit_of_work("open account"):
            return await self._database.write(work)

    async def account(self, account_id: UUID) -> Account:
        """Read an account. Raises NotFoundError."""
        account = await self._database.read(lambda session: session.get(Account, account_id))
        if account is None:
            raise NotFoundError("no account has this id")
        return account

    async def transfer(self, wanted: NewTransfer) -> Transfer:
        """Move money once. Raises NotFoundError, ConflictError, StoreError."""
        with unit_of_work("transfer money", transfer_id=str(wanted.id)):
            return await self._database.write(
                lambda session: _transfer(session, wanted), repeatable_read=True
            )


async def _transfer(session: AsyncSession, wanted: NewTransfer) -> Transfer:
    done = await session.get(Transfer, wanted.id)
    if done is not None:
        if _differs(done, wanted):
            raise ConflictError("this id was used for another transfer")
        return done
    source, target = await _lock_accounts(session, wanted)
    if source.balance_cents < wanted.amount_cents:
        raise ConflictError("there is too little money on the account")
    source.balance_cents -= wanted.amount_cents
    target.balance_cents += wanted.amount_cents
    transfer = Transfer(**vars(wanted))
    session.add(transfer)
    body: dict[str, object] = {"amount_cents": wanted.amount_cents}
    add_message(session, "transfers.made", wanted.id, body)
    return transfer


async def _lock_accounts(session: AsyncSession, wanted: NewTransfer) -> tuple[Account, Account]:
    ids = (wanted.from_account, wanted.to_account)
    locked = await session.scalars(
        select(Account).where(Account.id.in_(ids)).order_by(Account.id).with_for_update()
    )
    accounts = {account.id: account for account in locked}
    if len(accounts) != len(ids):
        raise NotFoundError("one of the accounts does not exist, or both are the same")
    return accounts[wanted.from_account], accounts[wanted.to_account]


def _differs(done: Transfer, wanted: NewTransfer) -> bool:
    return any(getattr(done, name) != value for name, value in vars(wanted).items())
