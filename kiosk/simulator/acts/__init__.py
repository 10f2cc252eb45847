"""The acts: what people, the network, the power and the clock can do to a counter. No behaviour.

The page's buttons send acts, a scenario is a list of acts and expectations, and a recording is the
acts that were performed by hand. ``act`` has the acts, ``expectation`` what can be seen,
``plain_form`` how both are written.
"""
