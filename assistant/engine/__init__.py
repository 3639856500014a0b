"""Rasa, embedded: components, policy, stores and actions that run in this process.

Import ``assistant.engine.lean`` before anything of Rasa.
"""
