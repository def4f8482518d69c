using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.Sequence.Memory;
using MLNet.Sequence.Rows;

namespace MLNet.Sequence.ByTask;

/// <summary>
/// The parts of the library around a task's network: reading and learning labels, scoring, evaluation, measurement. Only here, and
/// where tasks are saved by name, does code depend on the type of a task; all other code uses the properties of the task.
/// </summary>
internal abstract class TaskRoom
{
    /// <summary>The parts for a task.</summary>
    /// <exception cref="NotSupportedException">There are none for this task.</exception>
    public static TaskRoom Of(SequenceTask task) => task switch
    {
        Forecasting forecasting => new ForecastingRoom(forecasting),
        NextStep next => new NextStepRoom(next),
        SequenceClassification => new RowsRoom(task, new MulticlassGoal()),
        SequenceBinaryClassification => new RowsRoom(task, new BinaryGoal()),
        SequenceRegression => new RowsRoom(task, new RegressionGoal()),
        SequenceTagging tagging => new RowsRoom(task, new TaggingGoal(tagging.Decoding)),
        SequenceToSequence => new PairsRoom(),
        _ => throw new NotSupportedException($"The task {task.GetType().Name} is not supported in ML.NET."),
    };

    /// <summary>The transformer that scores with a fitted model.</summary>
    public abstract SequenceTransformer Transformer(IHostEnvironment environment, SequenceModel model);

    /// <summary>The examples that measurements of a model's memory are made on: standardised, evenly spaced, limited in number.</summary>
    /// <param name="of">The model, and how it is measured.</param>
    /// <param name="data">The rows.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">There are too few rows, or a value is missing.</exception>
    public abstract IReadOnlyList<MemoryExample> Examples(MeasuredModel of, IDataView data);
}
