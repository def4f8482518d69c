using MLNet.Sequence.Data;
using MLNet.Sequence.Onnx;

namespace MLNet.Sequence;

/// <summary>
/// Writes models in the ONNX format (operator set 17), for ONNX Runtime and other runtimes. Scaling and decoding are part of the model: it
/// reads the data in its own units and returns the values of the ML.NET columns, except where these are NaN, as for a forecaster before a
/// series has a whole context. The names, shapes and meanings of inputs and outputs, the architecture and the task are in the file's
/// metadata. Inputs and outputs are float32. Do not export a model of data at a level where float32 loses the differences (around 1.7e9 its
/// numbers are 128 apart): subtract a constant from the data before training and before the graph, and add it to the outputs.
/// </summary>
public static class OnnxExport
{
    /// <summary>Writes the model for whole sequences to a file: first under a temporary name next to it, then renamed.</summary>
    /// <param name="model">The fitted model, of any architecture and task.</param>
    /// <param name="path">The path. Weights of more than 2 GB are written to a second file next to it, with the same name plus <c>.data</c>.</param>
    /// <exception cref="ArgumentException">A column has the name of an input, or the model is a forecaster that carries its state, which
    /// can only be exported for single steps.</exception>
    /// <exception cref="IOException">The file cannot be written; no partial file is left.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written; no partial file is left.</exception>
    public static void SaveOnnx(this SequenceModel model, string path) => SaveOnnx(model, path, new OnnxOptions());

    /// <summary>Writes the model to a file: first under a temporary name next to it, then renamed.</summary>
    /// <param name="model">The fitted model, of any architecture and task.</param>
    /// <param name="path">The path. Weights of more than 2 GB are written to a second file next to it, with the same name plus <c>.data</c>.</param>
    /// <param name="mode">Whole sequences, or one step.</param>
    /// <exception cref="ArgumentException">A column has the name of an input, or the mode does not fit the model; the message lists all
    /// problems.</exception>
    /// <exception cref="NotSupportedException">The model cannot be fed step by step.</exception>
    /// <exception cref="IOException">The file cannot be written; no partial file is left.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written; no partial file is left.</exception>
    public static void SaveOnnx(this SequenceModel model, string path, OnnxMode mode) =>
        SaveOnnx(model, path, new OnnxOptions { Mode = mode });

    /// <summary>Writes the model to a file: first under a temporary name next to it, then renamed.</summary>
    /// <param name="model">The fitted model, of any architecture and task.</param>
    /// <param name="path">The path. Weights of more than 2 GB are written to a second file next to it, with the same name plus <c>.data</c>.</param>
    /// <param name="options">One step or whole sequences, scaling and lengths.</param>
    /// <exception cref="ArgumentException">An option does not fit the model; the message lists all problems.</exception>
    /// <exception cref="NotSupportedException">The model cannot be fed step by step.</exception>
    /// <exception cref="IOException">The file cannot be written; no partial file is left.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written; no partial file is left.</exception>
    public static void SaveOnnx(this SequenceModel model, string path, OnnxOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Make(model, options).Write(path, options.LargestInside);
    }

    /// <summary>Writes the model to a stream, in the format of an ONNX file.</summary>
    /// <param name="model">The fitted model, of any architecture and task.</param>
    /// <param name="stream">The stream to write to; it stays open.</param>
    /// <param name="options">One step or whole sequences, scaling and lengths.</param>
    /// <exception cref="ArgumentException">An option does not fit the model; the message lists all problems.</exception>
    /// <exception cref="NotSupportedException">The model cannot be fed step by step, or its weights need a second file.</exception>
    public static void SaveOnnx(this SequenceModel model, Stream stream, OnnxOptions options)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Make(model, options).Write(stream, options.LargestInside);
    }

    /// <summary>
    /// Writes a model of pairs as two files: the encoder, which reads a source once, and a step of the decoder, which reads what the encoder gives. The
    /// decoder alone has no use, so there is no other way to write it. Each file is written under a temporary name and renamed, the encoder
    /// first; both have the same value <c>pair</c> in their metadata, by which a program can check that they belong together.
    /// </summary>
    /// <param name="model">A fitted model of the task <see cref="SequenceToSequence"/>, of any architecture.</param>
    /// <param name="encoderPath">The path of the encoder.</param>
    /// <param name="decoderPath">The path of the decoder's step.</param>
    /// <param name="options">Whether both have the input <c>Lengths</c>; null: default options. The mode must be Sequence.</param>
    /// <exception cref="ArgumentException">The model is of another task, the paths are the same, or an option does not fit; the message lists all
    /// problems.</exception>
    /// <exception cref="IOException">A file cannot be written; no partial file is left.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be written; no partial file is left.</exception>
    public static void SaveOnnxPair(this SequenceModel model, string encoderPath, string decoderPath, OnnxOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(encoderPath);
        ArgumentException.ThrowIfNullOrEmpty(decoderPath);
        options ??= new OnnxOptions();
        string[] problems = [.. PairProblems(model, (encoderPath, decoderPath), options)];
        if (problems.Length > 0)
            throw new ArgumentException("The options of the ONNX models are wrong. " + string.Join(" ", problems), nameof(options));
        OnnxFile encoder = OnnxPair.Encoder(model, options), decoder = OnnxPair.Decoder(model, options);
        encoder.Write(encoderPath, options.LargestInside);
        decoder.Write(decoderPath, options.LargestInside);
    }

    private static IEnumerable<string> PairProblems(SequenceModel model, (string Encoder, string Decoder) paths, OnnxOptions options)
    {
        if (model.Task.TargetInput is null)
            yield return $"The model's task is {model.Task.GetType().Name}; only a model of the task {nameof(SequenceToSequence)} has an encoder and a "
                + $"decoder: use {nameof(SaveOnnx)}.";
        if (Path.GetFullPath(paths.Encoder) == Path.GetFullPath(paths.Decoder))
            yield return $"The encoder and the decoder need a file each; found '{paths.Encoder}' for both.";
        if (options.Mode != OnnxMode.Sequence)
            yield return $"Mode must be Sequence for a pair, of which the decoder is a step; found {options.Mode}.";
        if (options.Series is { } series)
            yield return $"Series must be null for a model of pairs; found '{series}'.";
    }

    private static OnnxFile Make(SequenceModel model, OnnxOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(options);
        string[] problems = [.. Problems(model, options)];
        if (problems.Length > 0)
            throw new ArgumentException("The options of the ONNX model are wrong. " + string.Join(" ", problems), nameof(options));
        OnnxGraph graph = OnnxProgram.Build(model, options);
        return new OnnxFile(graph, OnnxMetadata.Of(model, options, graph));
    }

    private static bool IsTaken(string column, OnnxMode mode) => mode == OnnxMode.Step
        ? column == "Step" || column.StartsWith("state_", StringComparison.Ordinal) || column.StartsWith("next_", StringComparison.Ordinal)
        : column is "Sequence" or "Lengths";

    private static IEnumerable<string> Problems(SequenceModel model, OnnxOptions options)
    {
        if (!Enum.IsDefined(options.Mode))
            yield return $"Mode must be Sequence or Step; found {options.Mode}.";
        if (model.Task.RowInput?.Conditions is { } conditions)
            yield return OnnxRows.OnConditions(conditions);
        if (model.Task.TargetInput is not null)
            yield return $"A model of pairs has no form as one graph, since its decoder is a loop around a step: use {nameof(SaveOnnxPair)}, which writes "
                + "the encoder and a step of the decoder.";
        if (options.Lengths && options.Mode == OnnxMode.Step)
            yield return "Lengths needs whole sequences; it cannot be used with Mode = Step.";
        if (options.Lengths && model.Task.Series is { } forecasting)
            yield return $"Lengths cannot be used with a forecaster, which reads the last {forecasting.Context} steps of every row.";
        if (options.Mode == OnnxMode.Sequence && model.Task.Series is { CarriesState: true })
            yield return "Mode must be Step for a forecaster that carries its state (CarriesState), whose forecasts depend on all steps of a series; "
                + "found Sequence.";
        if (model.Task.Series is { CarriesState: true } && !model.Scaling.Knows(options.Series))
            yield return $"Series must name a training series for a forecaster that carries its state (CarriesState): its scaling is "
                + $"used for the steps; found {(options.Series is null ? "none" : $"'{options.Series}'")}.";
        if (model.Task.Series is { Scaling: not ScalingKind.Standard } scaled && !model.Scaling.Knows(options.Series))
            yield return $"Series must name a training series for a forecaster with {nameof(ScalingKind)}.{scaled.Scaling}: a graph scales any other series "
                + $"by the mean and deviation of its window; found {(options.Series is null ? "none" : $"'{options.Series}'")}.";
        if (model.Task.Series is { Differencing: not null } && !model.Scaling.Knows(options.Series))
            yield return $"Series must name a training series for a forecaster with {nameof(ForecastingOptions.Differencing)}: a graph scales any other series "
                + $"by its window, not by its differences; found {(options.Series is null ? "none" : $"'{options.Series}'")}.";
        foreach (string column in model.Task.Outputs.Select(output => output.Name).Where(column => IsTaken(column, options.Mode)))
            yield return $"The model has a column '{column}', but the ONNX model has an input of that name: train it with another name for the column.";
        if (options.Series is { } series && !model.Scaling.BySeries.ContainsKey(series))
        {
            yield return model.Scaling.BySeries.Count == 0
                ? $"Series is '{series}', but the model has one scaling for all series."
                : $"Series must be one of {string.Join(", ", model.Scaling.BySeries.Keys.Order(StringComparer.Ordinal).Take(20).Select(key => $"'{key}'"))}"
                    + $"{(model.Scaling.BySeries.Count > 20 ? ", …" : "")}; found '{series}'.";
        }
    }
}
