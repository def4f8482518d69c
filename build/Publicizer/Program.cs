using MLNet.Sequence.Publicizer;

if (args.Length < 2)
{
    Console.Error.WriteLine("usage: Publicizer OUTPUT-DIRECTORY ASSEMBLY...");
    return 2;
}

Directory.CreateDirectory(args[0]);
foreach (string assembly in args[1..])
{
    byte[] image = File.ReadAllBytes(assembly);
    AccessFlags.MakePublic(image);

    // Written under another name and renamed, so that another build in the same folder never reads half a file.
    string target = Path.Combine(args[0], Path.GetFileName(assembly));
    string unfinished = $"{target}.{Environment.ProcessId}";
    File.WriteAllBytes(unfinished, image);
    File.Move(unfinished, target, overwrite: true);
}

return 0;
