using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// An architecture for pairs of sequences: the encoder reads the source, and the decoder reads the target so far and attends to what the
/// encoder gives. <see cref="Architecture.Build(int)"/> gives the decoder's layers, [B, U, C] to [B, U, D], causal in U if they have a memory.
/// Only for <c>ml.Sequence.Trainers.SequenceToSequence</c>.
/// </summary>
public abstract record EncoderDecoder : Architecture
{
    /// <summary>The saved names of all encoder–decoders, in alphabetical order: the record's name in kebab-case.</summary>
    public static new IReadOnlyList<string> Names { get; } = NamesOf(pairs: true);

    /// <summary>The encoder–decoder with this saved name and its default hyper-parameters.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">There is no encoder–decoder of this name; the message lists all names.</exception>
    public static new EncoderDecoder FromName(string name) => Default(name) as EncoderDecoder
        ?? throw new ArgumentException($"There is no encoder–decoder named '{name}'. There are: {string.Join(", ", Names)}.", nameof(name));

    /// <summary>The layer tree of the encoder: [B, S, C] to [B, S, M], one vector for each step of the source.</summary>
    /// <param name="context">The number of steps of the longest source, for architectures that adapt to it.</param>
    public abstract Layer BuildEncoder(int context);

    internal sealed override Layer? Encoder(int context) => BuildEncoder(context);
}
