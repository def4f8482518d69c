namespace MLNet.Sequence;

/// <summary>
/// What training, evaluation, measurement or proof found: as text by <c>ToString</c>, as a page by <see cref="ReportDisplay"/>, and as a table. In a
/// notebook it is shown as its page.
/// </summary>
public interface IReport
{
    /// <summary>What the page and the table show.</summary>
    internal Reports.ReportContent Content { get; }
}
