using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Networks;

/// <summary>
/// A part of a network: a layer tree on the joined outputs of its sources. The channels of sources that cover steps are concatenated, in
/// their order; a source without steps is repeated at each step. Steps of the past and steps of the horizon cannot be joined: the past is
/// first reduced to one vector, for example by its last step.
/// </summary>
/// <param name="Name">Its name in the plan, by which others refer to it.</param>
/// <param name="Layer">The layer tree that runs on the joined sources.</param>
/// <param name="Sources">The names of inputs or of earlier nodes; at least one.</param>
public sealed record NetworkNode(string Name, Layer Layer, IReadOnlyList<string> Sources)
{
    /// <summary>Reads a sequence into vectors that describe its past.</summary>
    public const string Backbone = "backbone";

    /// <summary>Turns the backbone's output into the task's output.</summary>
    public const string Head = "head";

    /// <summary>Reads each token as a vector, before the backbone.</summary>
    public const string Embedding = "embedding";

    /// <summary>Reads the source of a pair into vectors, one for each of its steps; the backbone attends to them.</summary>
    public const string Encoder = "encoder";

    /// <summary>Reads each token of a pair's target as a vector, before the backbone.</summary>
    public const string TargetEmbedding = "target-embedding";

    /// <summary>The names of inputs or of earlier nodes.</summary>
    public IReadOnlyList<string> Sources { get; init => field = ValueList.Of(value); } = ValueList.Of(Sources);

    /// <summary>The path of its weights. Default its name; empty: its layers are at the root. Nodes with the same path share their weights.</summary>
    public string Path { get; init; } = Name;

    /// <summary>
    /// The input or the earlier node that its layers attend to, such as a <see cref="CrossAttention"/>, which covers steps; null, the default:
    /// none. Layers that attend must be in the node itself or in its <see cref="Sequential"/> and <see cref="Residual"/> layers.
    /// </summary>
    public string? Memory { get; init; }

    /// <summary>Whether it reads an input or a node, as a source or as its memory.</summary>
    internal bool Reads(string name) => Sources.Contains(name) || Memory == name;

    /// <summary>Whether its output, one vector, holds the steps of the horizon one after the other, the first step first. Default false.</summary>
    public bool GivesHorizon { get; init; }
}
