"""The data classifications of vocabulary keys.

They say what kind of data a key holds, not how sensitive it is. The only public list is an unpublished page of
the documentation ([C] the codes named here, [U] the full list of a given server); servers may differ.
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
