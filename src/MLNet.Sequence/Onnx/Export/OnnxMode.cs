namespace MLNet.Sequence;

/// <summary>What one run of an exported model computes: whole sequences or one step.</summary>
public enum OnnxMode
{
    /// <summary>
    /// Whole sequences: <c>Sequence</c>, float32 [batch, time, features], with any number of rows and steps in each run.
    /// </summary>
    Sequence,

    /// <summary>
    /// One step of a stream: <c>Step</c>, float32 [batch, features], with any number of parallel streams. The caller keeps the state: each
    /// input <c>state_…</c> starts as zeros and is then the output <c>next_…</c> of the same name from the previous step. A forecaster that
    /// reads its window as a whole (<see cref="WindowNormalization"/>) carries that window and computes it again at each step; its
    /// forecasts are valid from the step that fills the context.
    /// </summary>
    Step,
}
