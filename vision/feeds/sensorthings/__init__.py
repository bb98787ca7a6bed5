"""OGC SensorThings API 1.1, part 1: Sensing (18-088), the part that reads.

    site ─► entities.Model: Things, Locations, Sensors, ObservedProperties, Datastreams, FeaturesOfInterest
    ledger ─► observations: one for each bin of a Datastream in which its camera saw anything
    query ─► odata.Options ─► answers

A camera is a Thing, what it counts across one line, one way, of one class is a Datastream, a bin is an Observation.
Where nothing was seen there is no Observation; how much of a bin was seen is its parameter `coverage`.
"""
