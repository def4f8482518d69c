using System.IO.Compression;
using Microsoft.ML;
using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Series;

namespace MLNet.Sequence.Samples.Commands;

/// <summary>Loads models saved by the commands, and models that the library saved without ML.NET.</summary>
internal static class SavedModel
{
    public static ForecastingTransformer Load(MLContext ml, string path)
    {
        ITransformer loaded = LoadAny(ml, path);
        ForecastingTransformer model = loaded as ForecastingTransformer
            ?? (loaded as IEnumerable<ITransformer>)?.OfType<ForecastingTransformer>().LastOrDefault()
            ?? throw new UserError($"The model file '{path}' holds no forecaster of MLNet.Sequence, but {loaded.GetType().Name}.");
        MustReadRowsAlone(model.Model, path);
        return model;
    }

    /// <summary>Loads a model of any task.</summary>
    public static SequenceModel LoadModel(MLContext ml, string path)
    {
        ITransformer loaded = LoadAny(ml, path);
        SequenceModel model = ModelOf(loaded) ?? throw new UserError($"The model file '{path}' holds no model of MLNet.Sequence, but {loaded.GetType().Name}.");
        (loaded as IDisposable)?.Dispose();
        MustReadRowsAlone(model, path);
        return model;
    }

    // The program's files have no place for known inputs and static columns.
    private static void MustReadRowsAlone(SequenceModel model, string path)
    {
        if (model.Task.Series is not { } task || task.KnownSize + task.StaticSize == 0)
            return;
        string names = string.Join(", ", task.KnownInputs.Concat(task.StaticInputs).Select(column => column.Name));
        throw new UserError($"The model file '{path}' reads known inputs or static columns ({names}), which this program does not: "
            + "use it in your own program, with Transform or Forecast(history, future).");
    }

    private static SequenceModel? ModelOf(ITransformer transformer) => transformer switch
    {
        SequenceTransformer fitted => fitted.Model,
        IEnumerable<ITransformer> chain => chain.Select(ModelOf).LastOrDefault(model => model is not null),
        _ => null,
    };

    private static ITransformer LoadAny(MLContext ml, string path)
    {
        if (!File.Exists(path))
            throw new UserError($"There is no model file '{path}'.");
        try
        {
            return LoadEither(ml, path);
        }
        // A damaged archive can cause any exception in ML.NET's reader: the cause is the file.
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // ML.NET calls the reader by reflection, which wraps the reader's exception.
            string reason = exception.GetBaseException().Message.TrimEnd('.');
            throw new UserError($"The model file '{path}' cannot be read: {reason}. Use an unchanged file written by compare.", exception);
        }
    }

    // An ML.NET archive has folders; the library's own file has model.json at the top level.
    private static ITransformer LoadEither(MLContext ml, string path)
    {
        using (ZipArchive archive = ZipFile.OpenRead(path))
        {
            if (archive.GetEntry("model.json") is null)
                return ml.Model.Load(path, out _);
        }

        return ml.Sequence.CreateTransformer(SequenceModel.Load(path));
    }

    /// <summary>The rows of a file whose columns have the same meaning as when the model was trained.</summary>
    /// <param name="model">The model, a forecaster.</param>
    /// <param name="path">The file; null: the program's own data, which must have the model's columns.</param>
    /// <param name="format">The file's format, as given by the user.</param>
    public static SeriesTable Read(SequenceModel model, string? path, FileFormat format)
    {
        DataSource source = Bind(model, path ?? DataSource.Shipped, format);
        if (path is null && new[] { source.Time, source.Series }.OfType<string>().Concat(source.Targets!).Except(CsvTable.Read(source.Path).Names.All)
            .ToArray() is { Length: > 0 } missing)
        {
            throw new UserError(
                $"The model was not trained on ETTh1, the program's own data, which has no column '{missing[0]}'. Name the model's file "
                    + "with --data.");
        }

        return SeriesTable.Read(source);
    }

    /// <summary>A file whose columns have the same meaning as when the model was trained.</summary>
    public static DataSource Bind(SequenceModel model, string path, FileFormat format)
    {
        Forecasting task = model.Task.Series!;
        if (task.Columns.Any(column => column.Channels.Count != 1))
            throw new UserError("The model reads vector columns, which a CSV file cannot hold.");
        return new DataSource(path, task.TimeColumnName, [.. task.Columns.Select(column => column.Name)], task.SeriesColumnName)
        {
            Format = format,
            FillsMissing = task.MissingValues != MissingValues.Error,
        };
    }
}
