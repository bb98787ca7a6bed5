"""What Comptage's advice is worth at a signalled crossing, in Eclipse SUMO, a simulator that no one here wrote.

network -> demand -> simulation, in which a controller sets the lights; people or a rendered camera give what is seen,
the product's adviser makes advice of it, the controller acts on it; delays -> report.
"""
