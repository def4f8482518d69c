using System.IO.Compression;
using Microsoft.ML;
using MLNet.Sequence.Estimators;
using MLNet.Sequence.Model;
using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Series;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Samples.Commands;

/// <summary>Reads the models that compare saves, and those that the library saves without ML.NET.</summary>
internal static class SavedModel
{
    public static ForecastingTransformer Load(MLContext ml, string path)
    {
        ITransformer loaded = LoadAny(ml, path);
        return loaded as ForecastingTransformer
            ?? (loaded as IEnumerable<ITransformer>)?.OfType<ForecastingTransformer>().LastOrDefault()
            ?? throw new UserError($"The model file '{path}' holds no forecaster of MLNet.Sequence, but {loaded.GetType().Name}.");
    }

    /// <summary>The model of any task.</summary>
    public static SequenceModel LoadModel(MLContext ml, string path)
    {
        ITransformer loaded = LoadAny(ml, path);
        SequenceModel model = ModelOf(loaded) ?? throw new UserError($"The model file '{path}' holds no model of MLNet.Sequence, but {loaded.GetType().Name}.");
        (loaded as IDisposable)?.Dispose();
        return model;
    }

    private static SequenceModel? ModelOf(ITransformer transformer) => transformer switch
    {
        ForecastingTransformer forecaster => forecaster.Model,
        SequencePredictionTransformer predictor => predictor.Model,
        NextStepTransformer next => next.Model,
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
        // Whatever a damaged archive makes ML.NET's reader stumble over, the file is what is wrong.
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // ML.NET calls the reader by reflection, which wraps what the reader says.
            string reason = exception.GetBaseException().Message.TrimEnd('.');
            throw new UserError($"The model file '{path}' cannot be read: {reason}. Use an unchanged file that compare has written.", exception);
        }
    }

    // An archive of ML.NET has folders; the library's own file has its model.json at the top.
    private static ITransformer LoadEither(MLContext ml, string path)
    {
        using (ZipArchive archive = ZipFile.OpenRead(path))
        {
            if (archive.GetEntry("model.json") is null)
                return ml.Model.Load(path, out _);
        }

        return ml.Sequence.CreateTransformer(SequenceModel.Load(path));
    }

    /// <summary>A file whose columns mean what they meant when the model was trained.</summary>
    public static DataSource Bind(SequenceModel model, string path, FileFormat format)
    {
        var task = (Forecasting)model.Task;
        if (task.Targets.Concat(task.Inputs).Any(column => column.Channels.Count != 1))
            throw new UserError("The model reads columns of vectors, which a CSV file cannot hold.");
        return new DataSource(path, task.TimeColumn, [.. task.Targets.Concat(task.Inputs).Select(column => column.Name)], task.SeriesColumn) { Format = format };
    }
}
