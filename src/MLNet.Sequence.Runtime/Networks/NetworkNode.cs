using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Networks;

/// <summary>
/// A part of a network: a layer tree on what its sources give, joined. Sources that cover steps are joined channel behind channel, in their
/// order; what has no steps is repeated at each. Steps of the past and steps of the horizon cannot be joined: what the past comes to
/// is first brought to one vector, as by its last step.
/// </summary>
/// <param name="Name">Its name in the plan, by which others read it and by which it is found.</param>
/// <param name="Layer">The layer tree that is run on the joined sources.</param>
/// <param name="Sources">The names of inputs or of nodes before it; at least one.</param>
public sealed record NetworkNode(string Name, Layer Layer, IReadOnlyList<string> Sources)
{
    /// <summary>Reads a sequence into vectors that say what has happened so far.</summary>
    public const string Backbone = "backbone";

    /// <summary>Makes the task's output of what the backbone gives.</summary>
    public const string Head = "head";

    /// <summary>Reads each token as a vector, before the backbone.</summary>
    public const string Embedding = "embedding";

    /// <summary>The names of inputs or of nodes before it.</summary>
    public IReadOnlyList<string> Sources { get; init => field = ValueList.Of(value); } = ValueList.Of(Sources);

    /// <summary>The path of its weights. Default its name; empty: its layers stand at the root. Nodes of one path share their weights.</summary>
    public string Path { get; init; } = Name;

    /// <summary>
    /// The input or the node before it that its layers attend to (<see cref="CrossAttention"/>), which covers steps; null, the default: none.
    /// Layers that attend stand in the node itself or in its <see cref="Sequential"/> and <see cref="Residual"/> layers.
    /// </summary>
    public string? Memory { get; init; }

    /// <summary>Whether it reads an input or a node, as a source or as its memory.</summary>
    internal bool Reads(string name) => Sources.Contains(name) || Memory == name;

    /// <summary>Whether what it gives, one vector, is the steps of the horizon one after the other, the first step first. Default false.</summary>
    public bool GivesHorizon { get; init; }
}
