namespace MLNet.Sequence.Layers;

/// <summary>A layer that reads, besides its input, the memory of its node (<see cref="Networks.NetworkNode.Memory"/>).</summary>
internal interface IAttending
{
    /// <summary>The channels of the memory; null: those of its input.</summary>
    int? MemorySize { get; }
}
