"""rasa-sdk's own action server with our actions, which are shared one knowledge base, read before the first turn.

rasa-sdk makes an instance of each subclass of Action, also of the base class of ours, which has no name of its own.
"""

from __future__ import annotations

import rasa_sdk.__main__

from actions.base import PathAction, data_dir
from knowledge.store import open_knowledge

if __name__ == "__main__":
    base = open_knowledge(data_dir())
    base.warm()
    PathAction.base = base
    PathAction.name = lambda self: "action_without_a_name"
    rasa_sdk.__main__.main()
