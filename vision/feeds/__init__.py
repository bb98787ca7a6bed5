"""Feeds: what was counted, in the formats that others read; one outside format a file.

    ledger ─► LedgerReader ─► Binned, trajectories ─► the format's document ─► HTTP, MQTT, webhooks

Each is a function of a site and of what its ledger may tell. No feed knows more than the reader says, which withholds
small numbers where the site does. Where nothing was seen a figure is absent, empty or null, never 0.
"""
