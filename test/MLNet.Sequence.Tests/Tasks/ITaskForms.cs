namespace MLNet.Sequence.Tests.Tasks;

/// <summary>A contract of one task.</summary>
internal interface ITaskForms
{
    /// <summary>The task in each of its forms.</summary>
    IEnumerable<SequenceTask> Forms { get; }
}
