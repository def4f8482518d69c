using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.Sequence.Memory;
using MLNet.Sequence.Rows;

namespace MLNet.Sequence.ByTask;

/// <summary>
/// What the library has for a task around its network: what reads labels and learns them, what scores, what evaluates, what measures. Here
/// alone, beside the names under which tasks are saved, one task is told from another; all else reads what a task says of itself.
/// </summary>
internal abstract class TaskRoom
{
    /// <summary>That of a task.</summary>
    /// <exception cref="NotSupportedException">The task has none.</exception>
    public static TaskRoom Of(SequenceTask task) => task switch
    {
        Forecasting forecasting => new ForecastingRoom(forecasting),
        NextStep next => new NextStepRoom(next),
        SequenceClassification => new RowsRoom(task, new MulticlassGoal()),
        SequenceBinaryClassification => new RowsRoom(task, new BinaryGoal()),
        SequenceRegression => new RowsRoom(task, new RegressionGoal()),
        SequenceTagging tagging => new RowsRoom(task, new TaggingGoal(tagging.Decoding)),
        _ => throw new NotSupportedException($"The task {task.GetType().Name} has no place in ML.NET."),
    };

    /// <summary>What scores with a fitted model.</summary>
    public abstract SequenceTransformer Transformer(IHostEnvironment environment, SequenceModel model);

    /// <summary>The examples that measurements of a model's memory are made on: standardised, evenly spread, at most so many.</summary>
    /// <param name="of">The model, and how it is measured.</param>
    /// <param name="data">The rows.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">The rows are too few, or a value is missing.</exception>
    public abstract IReadOnlyList<MemoryExample> Examples(MeasuredModel of, IDataView data);
}
