"""The data classifications of vocabulary keys.

They say what kind of data a key holds, not how sensitive it is. The only public list is an old page of the
documentation: /Email, /Person/Name, /SSN/DK and /Finance/BankAccount/IBAN are [B], their neighbours here are
made after them, and the list of a given server is [U].
"""

CODES = (
    "/Email",
    "/Person/Name",
    "/Person/Name/First",
    "/Person/Name/Last",
    "/Person/Birthday",
    "/Person/Gender",
    "/Person/Nationality",
    "/Phone",
    "/Address",
    "/Address/Zip",
    "/SSN",
    "/SSN/DK",
    "/SSN/US",
    "/Passport",
    "/Finance",
    "/Finance/CreditCard",
    "/Finance/BankAccount",
    "/Finance/BankAccount/IBAN",
    "/IPAddress",
    "/Url",
)

# "/" and null are what keys without a classification hold.
CLASSIFICATIONS: frozenset[str | None] = frozenset({None, "/", *CODES})
