namespace MLNet.Sequence.Training;

/// <summary>Keeps the state of a training in memory when it pauses, so that a longer training continues from it with the same bits.</summary>
internal sealed class TrainingPause
{
    /// <summary>The number of epochs after which the training pauses; null: it runs to its end.</summary>
    public int? After { get; init; }

    /// <summary>Whether it paused: false if it has not run, or ended for another reason by then.</summary>
    public bool IsPaused { get; set; }

    /// <summary>The state that it continues from; null: it starts.</summary>
    public byte[]? From { get; init; }

    /// <summary>The state in which it ended, if it was to pause: the bytes of a checkpoint; null before.</summary>
    public byte[]? State { get; set; }
}
