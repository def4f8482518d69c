using Microsoft.ML;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Data;
using MLNet.Sequence.Distillation;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Rows;

namespace MLNet.Sequence;

public sealed partial class SequenceOperations
{
    /// <summary>
    /// Distils a fitted model of sound into a student that gives all samples at once: probability density distillation (van den Oord et al.,
    /// arXiv 1711.10433). The student learns from the teacher's judgement of its own samples; the rows give conditions, and the recordings whose
    /// power spectrum it should have on average.
    /// </summary>
    /// <param name="teacher">
    /// A next-step model of the kind <see cref="StepKind.Token"/> whose tokens are integers that stand for levels of μ-law in their order, as of
    /// <see cref="MuLaw.Encode"/>, with or without conditions.
    /// </param>
    /// <param name="data">Rows in the form that the teacher's <c>Transform</c> accepts, such as those that it was trained on.</param>
    /// <param name="student">The student's hyper-parameters; null: the defaults of <see cref="ParallelWaveNet"/>.</param>
    /// <param name="options">How it is trained; null: default options.</param>
    /// <exception cref="ArgumentException">Lists every problem with the options and the teacher.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">The rows cannot be used, or the distillation diverged.</exception>
    /// <exception cref="OperationCanceledException">The distillation was cancelled.</exception>
    public ParallelWaveNetModel Distill(SequenceModel teacher, IDataView data, ParallelWaveNet? student = null, DistillationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(data);
        (student, options) = (student ?? new ParallelWaveNet(), options ?? new DistillationOptions());
        options.Validate(student);
        if (teacher.Task.Taught is not { } task)
        {
            string kind = teacher.Task.NextSteps is { } steps ? $" of the kind {steps}" : "";
            throw new ArgumentException($"The teacher must predict next steps of integer tokens (TokenOptions.Vocabulary) without TiedEmbedding and "
                + $"AdaptiveSoftmax; found the task {teacher.Task.GetType().Name}{kind}.", nameof(teacher));
        }

        using var run = new HostRun(_host, "Distillation", options.CancellationToken);
        new SequenceBinding(_host).Check(data.Schema, task.Input);
        SequenceSet set = SequenceSetReader.Read(data, task.Input, (task.Kind, Fewest: 2, SamplingKey: null), run.Cancellation);
        using var distiller = new Distiller(teacher, student, options, options.Seed ?? _host.NextSeed());
        return distiller.Run(new SoundPieces(set, teacher, options.PieceLength), run);
    }

    /// <inheritdoc cref="Distill(SequenceModel, IDataView, ParallelWaveNet, DistillationOptions)" path="/node()[not(self::param)]"/>
    /// <param name="teacher">The fitted transformer of such a model.</param>
    /// <param name="data">Rows in the form that its <c>Transform</c> accepts.</param>
    /// <param name="student">The student's hyper-parameters; null: the defaults of <see cref="ParallelWaveNet"/>.</param>
    /// <param name="options">How it is trained; null: default options.</param>
    public ParallelWaveNetModel Distill(NextStepTransformer teacher, IDataView data, ParallelWaveNet? student = null, DistillationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        return Distill(teacher.Model, data, student, options);
    }
}
