"""Run a trained graph node after node, in an order that is found once.

Rasa's runner hands the graph to dask for every message; for a few nodes that costs more than the nodes do.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphNode, GraphNodeHook, GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.storage import ModelStorage


class InOrderRunner(DaskGraphRunner):
    """A graph runner without a scheduler."""

    def __init__(
        self,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: list[GraphNodeHook] | None = None,
    ) -> None:
        super().__init__(graph_schema, model_storage, execution_context, hooks)
        self._orders: dict[tuple[str, ...], list[tuple[str, GraphNode, tuple[str, ...]]]] = {}

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """Return the results of ``targets`` (of all targets of the graph when there are none) for ``inputs``."""
        wanted = tuple(targets or self._graph_schema.target_names)
        order = self._orders.get(wanted)
        if order is None:
            order = self._orders[wanted] = self._order(wanted)
        results: dict[str, tuple[str, Any]] = {name: (name, value) for name, value in (inputs or {}).items()}
        for name, node, needs in order:
            results[name] = node(*(results.get(need, need) for need in needs))
        return {name: results[name][1] for name in wanted}

    def _order(self, wanted: tuple[str, ...]) -> list[tuple[str, GraphNode, tuple[str, ...]]]:
        schema = self._graph_schema.minimal_graph_schema(list(wanted))
        order: dict[str, tuple[str, GraphNode, tuple[str, ...]]] = {}

        def place(name: str) -> None:
            if name in order or name not in schema.nodes:
                return
            needs = tuple(schema.nodes[name].needs.values())
            for need in needs:
                place(need)
            order[name] = (name, self._instantiated_nodes[name], needs)

        for name in wanted:
            place(name)
        return list(order.values())
